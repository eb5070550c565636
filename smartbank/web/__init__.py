"""The web server's own routes and guards, beside what Streamlit serves."""
