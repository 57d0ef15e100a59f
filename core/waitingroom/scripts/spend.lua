-- A pass has bought: its seat at the checkout is the order's now. Safe to repeat.
-- KEYS: room, places, passes, lingering. ARGV: now, holder's key, turn, ms until the order counts.
local ms = now(ARGV[1])
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return {'lost'}
end
local entry = redis.call('HGET', KEYS[2], ARGV[2])
local turn, number, till, spent = tonumber(ARGV[3]), 0, 0, 0
if entry then
  turn, number, till, spent = read(entry)
end
if turn ~= tonumber(ARGV[3]) or spent == 1 then
  return {'nothing'}
end
redis.call('HSET', KEYS[2], ARGV[2], written(turn, number, till, 1))
if till == 0 then
  redis.call('HINCRBY', KEYS[1], 'regained', 1)  -- a pass that Redis had lost
end
if redis.call('ZREM', KEYS[3], ARGV[2]) == 1 or till == 0 then
  redis.call('ZADD', KEYS[4], ms + tonumber(ARGV[4]), ARGV[2])
end
redis.call('HINCRBY', KEYS[1], 'spent', 1)
return {'spent'}
