"""What moderators and rules decide about images."""
