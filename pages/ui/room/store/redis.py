"""Rooms in Redis or Valkey, for replicas on several machines.

It asks one server, with replicas of its own or without, and no cluster. A verb of several steps
is a script that the server runs at once; the scripts hold for Redis 6 and Valkey. The server
itself deletes a room that is past, by its own clock.
"""

from __future__ import annotations

import re
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import ADDRESS, ANYHOW, BallotFull, Held, NoStore, RoomsFull, SlotChanged, StoreGone

#: Seconds to wait for a connection, and for an answer.
_CONNECT, _ANSWER = 1.0, 2.0
_PREFIX = "self-attention-lab:room"
#: Codes of rooms, by when they end.
_INDEX = f"{_PREFIX}s"
_SLOT = "slot:"
#: What a script answers that has done nothing.
_FULL, _CHANGED = -1, -2

# A room is a hash: its version, its end, how many casts it had, its slots, and the names of its
# ballots. Each ballot is a hash beside it, from tokens to the number of the first cast and the
# value. KEYS[1] is the room, ARGV[1] the time.
_LIFE = """
local function ends(room)
  local past = tonumber(redis.call('HGET', room, 'until') or 0)
  return past > tonumber(ARGV[1]) and past
end
local function holds(room, first, last)
  for i = first, last, 2 do
    if redis.call('HGET', room, ARGV[i]) ~= ARGV[i + 1] then return false end
  end
  return true
end
local function ballots(room)
  local found = {}
  for _, field in ipairs(redis.call('HKEYS', room)) do
    if string.sub(field, 1, 7) == 'ballot:' then
      table.insert(found, room .. ':' .. string.sub(field, 8))
    end
  end
  return found
end
local function expire(key, time)
  redis.call('PEXPIREAT', key, string.format('%.0f', math.ceil(time * 1000)))
end
local function delete(room)
  for _, ballot in ipairs(ballots(room)) do redis.call('DEL', ballot) end
  redis.call('DEL', room)
end
local function live(room, index, code, time)
  redis.call('HSET', room, 'until', time)
  redis.call('ZADD', index, time, code)
  expire(room, tonumber(time))
  for _, ballot in ipairs(ballots(room)) do expire(ballot, tonumber(time)) end
  expire(index, tonumber(redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')[2]))
end
"""
# ARGV: the time, the code, its end, the most rooms, names and values of slots.
_OPEN = """
if ends(KEYS[1]) then return 0 end
if redis.call('ZCOUNT', KEYS[2], '(' .. ARGV[1], '+inf') >= tonumber(ARGV[4]) then return -1 end
-- A script may go on without memory once it has written: so it writes first what needs some.
if redis.call('EXISTS', KEYS[1]) == 1 then delete(KEYS[1]) end
redis.call('HSET', KEYS[1], 'version', 1)
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
live(KEYS[1], KEYS[2], ARGV[2], ARGV[3])
return 1
"""
# ARGV: the time, the code, its end or nothing, how many slots are given and how many are set,
# names and values of both, names of slots to remove.
_WRITE = """
if not ends(KEYS[1]) then return 0 end
local set = 6 + 2 * tonumber(ARGV[4])
local past = set + 2 * tonumber(ARGV[5])
if not holds(KEYS[1], 6, set - 1) then return -2 end
for i = set, past - 1, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = past, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
if ARGV[3] ~= '' then live(KEYS[1], KEYS[2], ARGV[2], ARGV[3]) end
return redis.call('HINCRBY', KEYS[1], 'version', #ARGV >= set and 1 or 0)
"""
# ARGV: the time, the ballot, the token, its value, the most tokens, names and values of the slots
# that are given.
_CAST = """
local time = ends(KEYS[1])
if not time then return 0 end
if not holds(KEYS[1], 6, #ARGV) then return -2 end
local number = string.match(redis.call('HGET', KEYS[2], ARGV[3]) or '', '^%d+')
if not number then
  if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[5]) then return -1 end
  number = redis.call('HINCRBY', KEYS[1], 'casts', 1)
  redis.call('HSET', KEYS[1], 'ballot:' .. ARGV[2], '')
end
redis.call('HSET', KEYS[2], ARGV[3], number .. ':' .. ARGV[4])
expire(KEYS[2], time)
return 1
"""
_BALLOT = "return ends(KEYS[1]) and redis.call('HGETALL', KEYS[2]) or {}"
_VALUE = "return ends(KEYS[1]) and redis.call('HGET', KEYS[2], ARGV[2])"
_CLOSE = "delete(KEYS[1]) redis.call('ZREM', KEYS[2], ARGV[2])"
# KEYS[1] is the index here. ARGV: the time, what rooms' names begin with, the end of what is past.
_TIDY = """
local past = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
for _, code in ipairs(past) do
  delete(ARGV[2] .. ':' .. code)
  redis.call('ZREM', KEYS[1], code)
end
return #past
"""


class RedisStore:
    """A `Store` on a server at a `redis://` or `rediss://` address."""

    def __init__(self, address: str) -> None:
        self._client, self._where = _client(address), _where(address)
        # A store that nobody has any more leaves no connection open.
        weakref.finalize(self, self._client.close)
        self._run = {
            script: self._client.register_script(_LIFE + script)
            for script in (_OPEN, _WRITE, _CAST, _BALLOT, _VALUE, _CLOSE, _TIDY)
        }

    def open(self, code: str, slots: Mapping[str, str], until: float, most: int) -> bool:
        """Make a room; False where the code is taken."""
        end = repr(float(until))
        done = self._ask(_OPEN, (_room(code), _INDEX), code, end, most, *_pairs(slots))
        if done == _FULL:
            raise RoomsFull(most)
        return bool(done)

    def version(self, code: str) -> int:
        """Version of a room; 0 if there is none."""
        with self._reached() as client:
            version, until = client.hmget(_room(code), "version", "until")
        return int(version) if until and float(until) > time.time() else 0

    def read(self, code: str) -> Held | None:
        """All slots of a room; None if there is none."""
        with self._reached() as client:
            found = client.hgetall(_room(code))
        if not found or float(found["until"]) <= time.time():
            return None
        slots = {
            name.removeprefix(_SLOT): value
            for name, value in found.items()
            if name.startswith(_SLOT)
        }
        return Held(int(found["version"]), slots, float(found["until"]))

    def write(
        self,
        code: str,
        slots: Mapping[str, str | None],
        until: float | None = None,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> int:
        """Replace these slots; None removes one."""
        kept = {name: value for name, value in slots.items() if value is not None}
        gone = [_SLOT + name for name in slots if name not in kept]
        end = "" if until is None else repr(float(until))
        told = code, end, len(given), len(kept), *_pairs(given), *_pairs(kept), *gone
        done = int(self._ask(_WRITE, (_room(code), _INDEX), *told))
        if done == _CHANGED:
            raise SlotChanged(*given)
        return done

    def cast(
        self,
        code: str,
        ballot: str,
        token: str,
        value: str,
        most: int,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> bool:
        """Put a token's value in a ballot, in place of its last."""
        keys = _room(code), _ballot(code, ballot)
        done = self._ask(_CAST, keys, ballot, token, value, most, *_pairs(given))
        if done == _CHANGED:
            raise SlotChanged(*given)
        if done == _FULL:
            raise BallotFull(most)
        return bool(done)

    def ballot(self, code: str, ballot: str) -> dict[str, str]:
        """Values by token, in the order of first casts."""
        told = iter(self._ask(_BALLOT, (_room(code), _ballot(code, ballot))))
        cast = [(token, *value.split(":", 1)) for token, value in zip(told, told, strict=True)]
        return {token: value for token, _, value in sorted(cast, key=lambda each: int(each[1]))}

    def value(self, code: str, ballot: str, token: str) -> str | None:
        """Value of one token; None if it has none."""
        found = self._ask(_VALUE, (_room(code), _ballot(code, ballot)), token)
        return str(found.split(":", 1)[1]) if found else None

    def drop(self, code: str, ballot: str, token: str | None = None) -> None:
        """Delete a token's value, or the whole ballot."""
        with self._reached() as client:
            if token is None:
                client.delete(_ballot(code, ballot))
            else:
                client.hdel(_ballot(code, ballot), token)

    def close(self, code: str) -> None:
        """Delete all that a room holds."""
        self._ask(_CLOSE, (_room(code), _INDEX), code)

    def tidy(self, now: float) -> int:
        """Delete the rooms whose `until` is past, and count them."""
        return int(self._ask(_TIDY, (_INDEX,), _PREFIX, repr(float(now))))

    def rooms(self) -> int:
        """How many rooms are open."""
        with self._reached() as client:
            return int(client.zcount(_INDEX, f"({time.time()!r}", "+inf"))

    def _ask(self, script: str, keys: Sequence[str], *arguments: object) -> Any:
        """Run a script, which gets the time before its own arguments."""
        with self._reached():
            return self._run[script](keys=keys, args=(repr(time.time()), *arguments))

    @contextmanager
    def _reached(self) -> Iterator[redis.Redis]:
        try:
            yield self._client
        except redis.RedisError as fault:
            raise StoreGone(f"Redis at {self._where} can't be used: {fault}") from fault


def _client(address: str) -> redis.Redis:
    """Make the client, which connects at its first use; messages have nothing of the address."""
    try:
        if re.search("[/?#].*@", address.split("://", 1)[1]):
            raise ValueError  # such a sign in a password makes a host of what is before it
        client = redis.Redis.from_url(
            address.replace("valkey", "redis", 1) if address.startswith("valkey") else address,
            decode_responses=True,
            protocol=2,  # all that Redis 6 and Valkey have in common
            retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            socket_connect_timeout=_CONNECT,
            socket_timeout=_ANSWER,
        )
        pool = client.connection_pool
        pool.connection_class(**pool.connection_kwargs)  # refuses options that it doesn't know
    except (ValueError, TypeError):
        raise NoStore(
            f"This server has no rooms: {ADDRESS} isn't an address of Redis. Expected is "
            "redis://user:password@host:6379/0, with %2F, %40 and the like for special characters "
            "of the password."
        ) from None
    return client


def _where(address: str) -> str:
    """Host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"


def _pairs(slots: Mapping[str, str]) -> list[str]:
    """List names and values of slots for a script."""
    return [part for name, value in slots.items() for part in (_SLOT + name, value)]


def _room(code: str) -> str:
    return f"{_PREFIX}:{code}"


def _ballot(code: str, ballot: str) -> str:
    return f"{_room(code)}:{ballot}"
