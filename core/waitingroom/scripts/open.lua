-- Everybody who was drawn has a number: the line may move. Safe to repeat.
-- KEYS: room. ARGV: now.
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then
  return {'lost'}
end
if phase ~= 'open' then
  local ms = now(ARGV[1])
  redis.call('HSET', KEYS[1], 'phase', 'open', 'opened', ms, 'updated', ms)
end
return {'open'}
