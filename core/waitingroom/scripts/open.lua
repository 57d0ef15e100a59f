-- Everybody who was drawn has a number: the line may move. Safe to repeat.
-- KEYS: room. ARGV: now, epoch in which they were written down.
local room = redis.call('HMGET', KEYS[1], 'phase', 'epoch')
local phase = room[1]
if not phase or room[2] ~= ARGV[2] then
  return {'lost'}
end
if phase ~= 'open' then
  local ms = now(ARGV[1])
  redis.call('HSET', KEYS[1], 'phase', 'open', 'opened', ms, 'updated', ms)
end
return {'open'}
