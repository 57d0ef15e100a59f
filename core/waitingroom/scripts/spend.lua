-- A pass has bought: its seat at the checkout is the order's now. Safe to repeat.
-- KEYS: room, places, passes, lingering. ARGV: now, holder's key, turn, ms until the order counts.
local ms = now(ARGV[1])
local entry = redis.call('HGET', KEYS[2], ARGV[2])
if not entry then
  return 0
end
local turn, number, till, spent = read(entry)
if turn ~= tonumber(ARGV[3]) or spent == 1 then
  return 0
end
redis.call('HSET', KEYS[2], ARGV[2], written(turn, number, till, 1))
if redis.call('ZREM', KEYS[3], ARGV[2]) == 1 then
  redis.call('ZADD', KEYS[4], ms + tonumber(ARGV[4]), ARGV[2])
end
redis.call('HINCRBY', KEYS[1], 'spent', 1)
return 1
