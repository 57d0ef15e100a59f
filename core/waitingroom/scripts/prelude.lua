-- Milliseconds since 1970 by this server's clock, or those of the caller's own (tests, simulations).
local function now(given)
  if tonumber(given) > 0 then
    return tonumber(given)
  end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- An entry: turn, number (0 while gathering, -1 never called), until (ms, 0 without a pass), spent.
local function read(entry)
  local turn, number, till, spent = string.match(entry, '^(%d+) (-?%d+) (%d+) (%d)$')
  return tonumber(turn), tonumber(number), tonumber(till), tonumber(spent)
end

local function written(turn, number, till, spent)
  return string.format('%d %d %d %d', turn, number, till, spent)
end

-- A holder's turn, number, until and spent; brought back from the turn and number of its token
-- (-1: none) if they were lost here. Nothing if there is no place.
local function found(room, places, holder, turn, number)
  local entry = redis.call('HGET', places, holder)
  if entry then
    local here, had, till, spent = read(entry)
    if had == 0 and redis.call('HGET', room, 'phase') == 'open' then
      return nil  -- gathered for a draw that was called off: all who were drawn have a number by now
    end
    if turn <= here or number <= 0 then
      return here, had, till, spent
    end
    -- A later turn was lost: only its token tells of it, and it was given when this one was over.
  elseif turn < 0 then
    return nil
  end
  local known = redis.call('HMGET', room, 'phase', 'reserved')
  if number == 0 and (known[1] == 'drawing' or known[1] == 'returning') then
    return turn, 0, 0, 0  -- drawn or not: in a moment it is written down here
  end
  if number == 0 and known[1] == 'gathering' then
    redis.call('HINCRBY', room, 'gathered', 1)
  elseif number <= 0 or number > tonumber(known[2]) then
    return nil
  end
  redis.call('HSET', places, holder, written(turn, number, 0, 0))
  return turn, number, 0, 0
end

-- What Entry.of reads. A number below zero is one that is never called: it looks like the last.
local function answer(what, turn, number, till, spent, room)
  if number < 0 then
    what, number = 'shadow', room[1] == 'open' and tonumber(room[2]) + 1 or 0
  end
  return {what, turn, number, till, spent, tonumber(room[3]), tonumber(room[4])}
end
