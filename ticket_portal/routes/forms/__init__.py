"""What browsers themselves submit: native forms and links of mails, which work without scripts."""
