"""Everything that knows Streamlit, apart from the page scripts, app.py and the server."""
