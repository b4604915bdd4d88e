"""How much one page of messages holds, whatever their number: a message that was brought may be megabytes long."""

PAGE_MAX_BYTES = 4 * 1024 * 1024  # as stored; the first message of a page comes however long it is
