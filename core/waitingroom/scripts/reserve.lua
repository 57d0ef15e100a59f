-- Numbers up to this one have been set aside. Safe to repeat, in whatever order.
-- KEYS: room. ARGV: the number.
local reserved = redis.call('HGET', KEYS[1], 'reserved')
if not reserved then
  return {'lost'}
end
if tonumber(ARGV[1]) > tonumber(reserved) then
  redis.call('HSET', KEYS[1], 'reserved', ARGV[1])
end
return {'reserved'}
