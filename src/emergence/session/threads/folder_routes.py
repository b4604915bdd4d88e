"""REST: a person's folders."""

from uuid import UUID

from fastapi import APIRouter, Depends

from emergence.contracts.session.managing import Folder, Folders, NameFolder, OrderFolders
from emergence.kernel.identity import no_changes_while_impersonating
from emergence.session.request_parts import Caller, Doer, Parts
from emergence.session.threads import change_folders

router = APIRouter(
    prefix="/api/threads/folders", tags=["threads"], dependencies=[Depends(no_changes_while_impersonating())]
)


@router.get("")
async def folders(session: Parts, caller: Caller) -> Folders:
    """Return the caller's folders in their order."""
    return await change_folders.read_folders(session, caller.user_id)


@router.post("", status_code=201)
async def post_folder(session: Parts, caller: Doer, request: NameFolder) -> Folder:
    """Make a folder after the others."""
    return await change_folders.create_folder(session, caller.user_id, request.name)


@router.put("/order")
async def put_folder_order(session: Parts, caller: Doer, request: OrderFolders) -> Folders:
    """Put folders into an order; return all of them."""
    return await change_folders.order_folders(session, caller.user_id, request.folders)


@router.patch("/{folder_id:uuid}")
async def patch_folder(folder_id: UUID, session: Parts, caller: Doer, request: NameFolder) -> Folder:
    """Rename a folder."""
    return await change_folders.name_folder(session, caller.user_id, folder_id, request.name)


@router.delete("/{folder_id:uuid}", status_code=204)
async def delete_folder(folder_id: UUID, session: Parts, caller: Doer) -> None:
    """Remove a folder; its threads stay."""
    await change_folders.remove_folder(session, caller.user_id, folder_id)
