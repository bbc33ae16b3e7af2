"""The golden scripts: committed as rendered, reviewed by eye."""
