"""What a person views, searches for, likes and dislikes: recorded, exported, erased."""
