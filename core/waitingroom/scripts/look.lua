-- Find a place, whatever became of it. Safe to repeat.
-- KEYS: room, places. ARGV: holder's key, turn and number of a token (-1: none).
local room = redis.call('HMGET', KEYS[1], 'phase', 'last', 'serving', 'settled')
if not room[1] then
  return {'lost'}
end
local turn, number, till, spent =
  found(KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
if not turn then
  return {room[1] == 'returning' and 'returning' or 'unknown'}
end
return answer('known', turn, number, till, spent, room)
