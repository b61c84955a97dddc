"""What people bought, told by shops and files, and what it says of them."""
