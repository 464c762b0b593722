"""What the stages share. Nothing in here may import a stage."""
