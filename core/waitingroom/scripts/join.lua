-- Take a place, or find the one that is there. Safe to repeat.
-- KEYS: room, places, counter of the address. ARGV: now, holder's key, turn and number of a token
-- (-1: none), joins of one address, in so many ms, what becomes of suspects, is it one.
local ms = now(ARGV[1])
local room = redis.call('HMGET', KEYS[1], 'phase', 'last', 'serving', 'settled', 'reserved')
if not room[1] then
  return {'lost'}
end
local carried = tonumber(ARGV[3])
local turn, number, till, spent = found(KEYS[1], KEYS[2], ARGV[2], carried, tonumber(ARGV[4]))
if turn and spent == 0 and (till == 0 or till > ms) then
  return answer('known', turn, number, till, spent, room)
end
if not turn and room[1] == 'returning' then
  return {'returning'}  -- who was drawn is being written down again, and may be this one
end
turn = turn and turn + 1 or math.max(carried, 0)
local is_suspect = ARGV[8] == '1'
if KEYS[3] ~= '' then
  local joins = redis.call('INCR', KEYS[3])
  if joins == 1 then
    redis.call('PEXPIRE', KEYS[3], ARGV[6])
  end
  is_suspect = is_suspect or joins > tonumber(ARGV[5])
end
if is_suspect then
  if ARGV[7] == 'refuse' then
    return {'limited'}
  end
  number = -1
elseif room[1] == 'gathering' then
  number = 0
  redis.call('HINCRBY', KEYS[1], 'gathered', 1)
elseif tonumber(room[2]) >= tonumber(room[5]) then
  return {'full'}
else
  number = redis.call('HINCRBY', KEYS[1], 'last', 1)
end
redis.call('HSET', KEYS[2], ARGV[2], written(turn, number, 0, 0))
return answer('joined', turn, number, 0, 0, room)
