"""What other programs need besides the API's answers: repeated requests, events, webhooks."""
