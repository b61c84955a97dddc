"""What Meta's pages leave open: the product does right whichever reading is true."""
