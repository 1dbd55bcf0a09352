"""What is looked for and shown in the words of a message: secrets, chain data, identifiers, marks."""
