"""What the process that sets a PDF may take, and how it ends when it would take more."""

MEMORY_MAX_BYTES = 512 * 1024 * 1024  # the longest ordinary conversations need 160 MB; tables of tiny cells, gigabytes
TOO_MUCH = 3  # its exit status
