"""SQL of the migrations about tags."""
