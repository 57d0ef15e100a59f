"""What Redis decides about who goes when, each in one step. Times are in µs by Redis's own clock.

The rate is kept by the generic cell rate algorithm in its "virtual scheduling" form, without any
tolerance (ITU-T I.371, Annex A; as a limiter in Redis: brandur.org/rate-limiting): `next` is the
theoretical arrival time of the next request, and each request moves it on by the interval. So any
two of them are an interval apart, and no second has more than the rate.

What it lacks is an order among those who are told to come later; that is the line. A name that has
to wait gets a number, which it keeps; how long is told by how many of the line are before it. Who
may go within `patience` gets the next time there is, is out of the line, and its request counts.
Who does not come when it was told to is out of the line as well, so that nobody waits for it; but
its number is kept, and with it it is first again.

KEYS: next, line (names by number), due (names by when they are expected), turn of this name.
"""

CLOCK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, patience, furthest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- A clock that was set back makes nobody wait for ever.
local next = math.min(tonumber(redis.call('GET', KEYS[1]) or '0'), now + furthest + interval)
next = math.max(next, now)

local function go()
  redis.call('SET', KEYS[1], string.format('%.0f', next + interval), 'PX', 3600000)
  return next - now
end
"""
"""Begins every script."""

TAKE = (
    CLOCK
    + """
if next - now > patience then return {next - now, 0, 0} end
return {go(), 1, 1}
"""
)
"""For who has no turn to keep. Returns the wait, whether it is new, and whether it is given."""

RESERVE = (
    CLOCK
    + """
local name, wish = ARGV[4], ARGV[5]
local keep, late = tonumber(ARGV[6]), tonumber(ARGV[7])
local under_way, again = tonumber(ARGV[8]), tonumber(ARGV[9])
local before_now = string.format('(%.0f', now)
local overdue = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', before_now, 'LIMIT', 0, 100)
if #overdue > 0 then
  redis.call('ZREM', KEYS[2], unpack(overdue))
  redis.call('ZREM', KEYS[3], unpack(overdue))
end

local turn = redis.call('GET', KEYS[4])
local began = turn and string.match(turn, '^gone (%d+)$')
if began then
  local already = now - began
  return {math.max(again, math.min(already, under_way - already)), 0, 0}
end
local before
if turn then
  before = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. turn)
else
  before = redis.call('ZCARD', KEYS[2])
end
local is_new = turn and 0 or 1
local wait = next + before * interval - now
if wish == 'look' then return {wait, is_new, 0} end

if wait <= patience then
  wait = go()
  redis.call('ZREM', KEYS[2], name)
  redis.call('ZREM', KEYS[3], name)
  local gone = string.format('gone %.0f', now + wait)
  redis.call('SET', KEYS[4], gone, 'PX', math.ceil((wait + under_way) / 1000))
  return {wait, is_new, 1}
end
local number = turn or string.format('%.0f', now)
redis.call('SET', KEYS[4], number, 'PX', math.ceil((wait + keep) / 1000))
redis.call('ZADD', KEYS[2], number, name)
redis.call('ZADD', KEYS[3], string.format('%.0f', now + wait + late), name)
-- Each name is taken out in its time; this is for after the last. No hold is longer than an hour.
redis.call('PEXPIRE', KEYS[2], 3600000)
redis.call('PEXPIRE', KEYS[3], 3600000)
return {wait, is_new, 0}
"""
)
"""For a name. Asked twice it tells the same turn. A request that is under way is not made twice;
the longer it already is, the later one is told to ask again, as its process may have died."""

LOOK = (
    CLOCK
    + """
return {next - now, redis.call('ZCARD', KEYS[2])}
"""
)
"""How far ahead the next request is, and how many wait in line."""

FINISH = """
if string.find(redis.call('GET', KEYS[1]) or '', '^gone ') then redis.call('DEL', KEYS[1]) end
"""
"""KEYS: turn of a name. Whoever waits under it by now goes on waiting."""
