"""Errors that session declares; over the socket they travel in an `error` frame with the same code."""

from emergence.kernel.errors import Forbidden, NotFound, ServiceError, Unavailable


class UnknownThread(NotFound):
    """No such thread for this user."""

    code = "unknown_thread"
    sentence = "This conversation does not exist."


class UnknownFolder(NotFound):
    """No such folder of this user."""

    code = "unknown_folder"
    sentence = "This folder does not exist."


class FolderNameTaken(ServiceError):
    """Another folder of this user has that name."""

    code = "folder_name_taken"
    status = 409
    sentence = "You have a folder of that name already."


class TooManyFolders(ServiceError):
    """Above the limit of one user."""

    code = "too_many_folders"
    status = 409
    sentence = "No more folders fit. Remove one that you no longer need."


class TooManyPins(ServiceError):
    """Above the limit of one user."""

    code = "too_many_pins"
    status = 409
    sentence = "No more conversations can be pinned. Unpin one first."


class ThreadIsTemporary(ServiceError):
    """A temporary thread is in no list: it cannot be pinned, archived, filed or kept for longer."""

    code = "thread_is_temporary"
    status = 409
    sentence = "A temporary conversation is in no list, so it cannot be pinned, archived or put into a folder."


class ThreadNotDeleted(ServiceError):
    """Only what was deleted can be brought back."""

    code = "thread_not_deleted"
    status = 409
    sentence = "This conversation is not deleted."


class RetentionTooLong(ServiceError):
    """A thread may be kept for a shorter time than the deployment says, never for a longer one."""

    code = "retention_too_long"
    status = 409
    sentence = "This server keeps conversations for a shorter time than that."


class UnknownMessage(NotFound):
    """No such message for this user."""

    code = "unknown_message"
    sentence = "This message does not exist."


class UnknownRun(NotFound):
    """No such run for this user."""

    code = "unknown_run"
    sentence = "This reply does not exist."


class UnknownTopic(NotFound):
    """No such topic for this user."""

    code = "unknown_topic"
    sentence = "There is nothing to follow under that name."


class EmptyMessage(ServiceError):
    """Nothing but white space."""

    code = "empty_message"
    status = 422
    sentence = "The message is empty. Write something first."


class MessageTooLong(ServiceError):
    """Above the limit of one message."""

    code = "message_too_long"
    status = 413
    sentence = "The message is too long for one message. Shorten it or send it in parts."


class SessionOver(ServiceError):
    """The live session ended before the command came."""

    code = "session_over"
    status = 409
    sentence = "This session has ended. Sign in to go on; nothing is lost."


class UnknownSession(NotFound):
    """No such live session for this user."""

    code = "unknown_session"
    sentence = "This session does not exist. Open a stream of events and use the session of its welcome."


class CommandMalformed(ServiceError):
    """A frame from the client that does not fit the protocol; the socket closes with 4400."""

    code = "bad_frame"
    status = 422
    sentence = "This frame does not fit the protocol emergence.v1."


class NotRegenerable(ServiceError):
    """Only an agent's finished message can be asked for again."""

    code = "not_regenerable"
    status = 409
    sentence = "Only a finished answer can be asked for again."


class NotWaiting(ServiceError):
    """Only what nobody has begun to answer can be taken back."""

    code = "not_waiting"
    status = 409
    sentence = "Its answer has begun. Stop the answer, or edit the message."


class NotEditable(ServiceError):
    """Only what a person said can be said differently."""

    code = "not_editable"
    status = 409
    sentence = "Only your own messages can be edited."


class TooManyCommands(ServiceError):
    """Above the rate limit of one user."""

    code = "too_many_commands"
    status = 429
    sentence = "Too much at once. Wait a moment."


class TooManyConnections(ServiceError):
    """Above the limit of one user on one instance."""

    code = "too_many_connections"
    status = 429
    sentence = "Too many windows are open. Close some, or wait a minute."


class CommandReused(ServiceError):
    """One `cid` came with two different commands."""

    code = "cid_reused"
    status = 409
    sentence = "This command id was already used for something else."


class ReadOnly(Forbidden):
    """The socket belongs to an administrator who looks at this person's conversations."""

    code = "read_only"
    sentence = "You are looking at somebody else's conversations: nothing can be written in their name."


class UnknownCommand(ServiceError):
    """A `cmd` that this server does not know; the socket stays open, because clients may be newer."""

    code = "unknown_command"
    status = 422
    sentence = "This server does not know that command."


class ReplyCut(Unavailable):
    """The stream from chat ended without saying how."""

    code = "reply_cut"
    sentence = "The reply broke off. What was written is kept; ask again to get a whole answer."


class ChatUnavailable(Unavailable):
    """Chat did not answer at all."""

    code = "chat_unavailable"
    sentence = "The agents cannot be reached right now. Your message is kept; try again in a moment."


class UnknownShare(NotFound):
    """No such link: never made, revoked, over, or its conversation or its person is no more. Not told apart."""

    code = "unknown_share"
    sentence = "This link leads nowhere. It may have been withdrawn, or its time may be over."


class SharingOff(Forbidden):
    """The deployment lets nobody share."""

    code = "sharing_off"
    sentence = "This server does not let conversations be shared by link."


class NothingToShare(ServiceError):
    """No finished message in the conversation."""

    code = "nothing_to_share"
    status = 409
    sentence = "Nothing has been said in this conversation yet."


class TooManyShares(ServiceError):
    """Above the limit of one user."""

    code = "too_many_shares"
    status = 409
    sentence = "No more links fit. Revoke one that you no longer need."


class TooManyReads(ServiceError):
    """Above the limit of one network for reading what is shared."""

    code = "too_many_reads"
    status = 429
    sentence = "Too much at once. Wait a moment."


class UnknownImport(NotFound):
    """No such import of this user."""

    code = "unknown_import"
    sentence = "This import does not exist."


class ImportRunning(ServiceError):
    """One file of a user at a time."""

    code = "import_running"
    status = 409
    sentence = "Another file is being imported. Wait until that is done."


class ImportUnreadable(ServiceError):
    """No file that is known here; `place`, `fault` and `reason` say more, as in `ImportProblem`."""

    code = "import_unreadable"
    status = 422
    sentence = (
        "This file cannot be imported: it is neither an export of Emergence nor one of ChatGPT, or it is damaged."
    )


class ImportsBusy(Unavailable):
    """As many files as one instance takes."""

    code = "imports_busy"
    sentence = "Several files are being imported right now. Try again in a few minutes."


class PdfTooLong(ServiceError):
    """More than a PDF is made of."""

    code = "pdf_too_long"
    status = 413
    sentence = "This conversation is too long for a PDF. Export it as Markdown or JSON: both take any length."


class PdfFailed(ServiceError):
    """Setting the pages failed."""

    code = "pdf_failed"
    sentence = "The PDF could not be made. Export the conversation as Markdown or JSON."


class PdfBusy(Unavailable):
    """One is set at a time on an instance."""

    code = "pdf_busy"
    sentence = "Other PDF files are being made right now. Try again in a moment."
