"""The judge that shares no code with us: pyHanko, asn1crypto and cryptography.

Started once with the folder of everybody's keys. Each line of its input is a verb (`read` or `write`) and
the id of a row; the object is in the file `message`, what belongs to it in `beside-0` and `beside-1`. Each
line of its output is `works`, `untried`, or `refused` with the reason.
"""

import asyncio
import os
import sys
import warnings

# pyHanko announces what later versions will do; the version is pinned.
warnings.simplefilter("ignore")

import files
import sealed
import signed
from house import Refused, Untried

ROOMS = {
    "cades": signed,
    "certified": files,
    "path": files,
    "pkcs12": files,
    "receipt": signed,
    "sealed": sealed,
    "signed": signed,
    "time": signed,
}


async def answer(verb, row):
    """One line about one question. Whatever a library raises is its refusal."""
    room = ROOMS[row.split("-")[0]]
    try:
        await (room.read(row) if verb == "read" else room.write(row))
        return "works"
    except Untried:
        return "untried"
    except Refused as why:
        return f"refused {why}"
    except Exception as error:  # whatever it is, nothing was read
        return f"refused {type(error).__name__}: {error}"


async def main():
    os.chdir(sys.argv[1])
    for line in sys.stdin:
        said = await answer(*line.split())
        print(" ".join(said.split()), flush=True)


asyncio.run(main())
