-- Write down the numbers that were drawn. Safe to repeat: a number never changes.
-- KEYS: room, places. ARGV: holder's key, turn, number, again and again.
for i = 1, #ARGV, 3 do
  local turn, number = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local entry = redis.call('HGET', KEYS[2], ARGV[i])
  local known, had, till, spent = -1, 0, 0, 0
  if entry then
    known, had, till, spent = read(entry)
  end
  if known < turn then
    redis.call('HSET', KEYS[2], ARGV[i], written(turn, number, 0, 0))
  elseif known == turn and had ~= number then
    -- Not drawn yet; or its holder came without a token before this was brought back.
    redis.call('HSET', KEYS[2], ARGV[i], written(turn, number, till, spent))
  end
end
return {'numbered'}
