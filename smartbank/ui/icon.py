"""SmartBank's icon in the browser's tab, as part of the page: a named icon would be fetched from another company."""

from typing import Final

PAGE_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%230b5cad' "
    "d='M4 10v7h3v-7zm6 0v7h3v-7zM2 22h19v-3H2zM16 10v7h3v-7zM11.5 1 2 6v2h19V6z'/%3E%3C/svg%3E"
)
