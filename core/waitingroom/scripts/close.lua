-- Nobody gathers any more: who comes from now on gets a number behind those who did. Safe to repeat.
-- KEYS: room. Answers: phase, how many had gathered.
local room = redis.call('HMGET', KEYS[1], 'phase', 'gathered', 'last')
if not room[1] then
  return {'lost'}
end
if room[1] == 'gathering' then
  redis.call('HSET', KEYS[1], 'phase', 'drawing', 'last', room[2])
  return {'drawing', tonumber(room[2])}
end
return {room[1], tonumber(room[2])}
