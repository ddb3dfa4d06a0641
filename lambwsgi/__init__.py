"""Run a WSGI application on AWS Lambda: `handler = make_handler(app)`."""
