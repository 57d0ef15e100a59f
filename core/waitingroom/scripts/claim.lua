-- Hand out the pass of a place that is called. Safe to repeat.
-- KEYS: room, places, passes, claims, late, lingering. ARGV: now, holder's key, turn and number of a
-- token (-1: none), which turn is asked for (-1: whichever it is), ms a pass is good for.
local ms = now(ARGV[1])
local room = redis.call('HMGET', KEYS[1], 'phase', 'last', 'serving', 'settled',
  'seats', 'held', 'left', 'phantoms', 'paused', 'empty', 'gaps')
if not room[1] then
  return {'lost'}
end
local turn, number, till, spent =
  found(KEYS[1], KEYS[2], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]))
local asked = tonumber(ARGV[5])
if not turn and room[1] == 'returning' then
  return {'returning'}
end
if not turn or (asked >= 0 and asked ~= turn) then
  return {'unknown'}
end
if till > 0 then
  if spent == 0 and till > ms and redis.call('ZADD', KEYS[3], till, ARGV[2]) == 1 then
    redis.call('HINCRBY', KEYS[1], 'regained', 1)
  end
  return answer('given', turn, number, till, spent, room)
end
local serving, settled = tonumber(room[3]), tonumber(room[4])
if room[1] ~= 'open' or number <= 0 or number > serving then
  return answer('waiting', turn, number, 0, 0, room)
end
local is_counted = number > settled
for first, after in string.gmatch(room[11] or '', '(%d+) (%d+)') do
  is_counted = is_counted and not (number >= tonumber(first) and number <= tonumber(after))
end
if is_counted then
  redis.call('ZADD', KEYS[4], number, number)
else
  local seats, held, left = tonumber(room[5]), tonumber(room[6]), tonumber(room[7])
  local choosing = redis.call('ZCOUNT', KEYS[3], '(' .. ms, '+inf') + tonumber(room[8])
    + (serving - settled) - tonumber(room[10] or 0) - redis.call('ZCARD', KEYS[4])
    + redis.call('ZCOUNT', KEYS[6], '(' .. ms, '+inf')
  if room[9] == '1' or held + choosing >= seats or choosing >= left then
    redis.call('ZADD', KEYS[5], ms, ARGV[2])
    return answer('late', turn, number, 0, 0, room)
  end
  redis.call('ZREM', KEYS[5], ARGV[2])
end
till = ms + tonumber(ARGV[6])
redis.call('HSET', KEYS[2], ARGV[2], written(turn, number, till, 0))
redis.call('ZADD', KEYS[3], till, ARGV[2])
redis.call('HINCRBY', KEYS[1], 'claimed', 1)
return answer('given', turn, number, till, 0, room)
