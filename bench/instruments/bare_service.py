"""The smallest service on the same framework and server: what a start costs before any of our own code."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/api/ready")
async def ready() -> dict[str, str]:
    """Be ready at once."""
    return {"status": "ready"}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False)
