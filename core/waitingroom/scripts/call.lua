-- Call as many as may come in now. Called twice in a moment, the second time calls nobody more
-- than the time in between allows.
-- KEYS: room, passes, claims, calls, late, lingering. ARGV: now, held orders, seats, calls a second,
-- is it paused, tickets left, ms to come in after being called, ms a pass is good for, ms a late one
-- is waited for, what limits the rate, what the box office is trusted with, passes that
-- may buy again, then gaps: from, to, from, to ...
local ms = now(ARGV[1])
local room = redis.call('HMGET', KEYS[1],
  'phase', 'last', 'serving', 'settled', 'updated', 'credit', 'pace', 'opened', 'lost', 'regained')
if not room[1] then
  return {'lost'}
end
local phase, last, serving = room[1], tonumber(room[2]), tonumber(room[3])
local settled, updated = tonumber(room[4]), tonumber(room[5])
local held, seats, rate = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local is_paused, left = ARGV[5] == '1', tonumber(ARGV[6])
-- Passes given before Redis lost them: some are still out, fewer from second to second.
local faded = (ms - tonumber(room[8])) / tonumber(ARGV[8])
local phantoms = math.max(0, math.floor(tonumber(room[9]) * (1 - faded)) - tonumber(room[10]))
phantoms = phantoms + tonumber(ARGV[12])

-- How many numbers of a stretch (first excluded) perhaps nobody has: whoever has one after all comes
-- in like one who is late (claim).
local function empty(from, to)
  local count = 0
  for i = 13, #ARGV, 2 do
    local first, after = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    count = count + math.max(0, math.min(after, to) - math.max(first - 1, from))
  end
  return count
end

-- What is over.
local expired = redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ms)
redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', ms)
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ms - tonumber(ARGV[9]))
local due = redis.call('ZREVRANGEBYSCORE', KEYS[4], ms - tonumber(ARGV[7]), '-inf', 'LIMIT', 0, 1)[1]
if due and tonumber(due) > settled then
  redis.call('HINCRBY', KEYS[1], 'came', redis.call('ZCOUNT', KEYS[3], '(' .. settled, due))
  redis.call('HINCRBY', KEYS[1], 'waited_for', tonumber(due) - settled - empty(settled, tonumber(due)))
  settled = tonumber(due)
end
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ms - tonumber(ARGV[7]))

for i = 13, #ARGV, 2 do
  if serving >= tonumber(ARGV[i]) - 1 and serving < tonumber(ARGV[i + 1]) then
    serving = math.min(tonumber(ARGV[i + 1]), last)
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', settled)

local passes = redis.call('ZCARD', KEYS[2])
local lingering = redis.call('ZCARD', KEYS[6])
local unclaimed = (serving - settled) - empty(settled, serving) - redis.call('ZCARD', KEYS[3])
local late = redis.call('ZCARD', KEYS[5])
local choosing = passes + unclaimed + phantoms
local elapsed = math.max(0, math.min(ms - updated, 5000)) / 1000
local credit = math.min(tonumber(room[6]) + rate * elapsed, rate * 1.5 + 1)
if rate == 0 then
  credit = 0
end

-- How many, and what holds the rest up.
local count, why = 0, 'line'
if phase ~= 'open' then
  why = 'closed'
elseif is_paused then
  why = 'paused'
else
  count = last - serving
  local function at_most(limit, reason)
    if limit < count then
      count, why = math.max(0, limit), reason
    end
  end
  at_most(seats - held - lingering - choosing - late, 'checkouts')
  at_most(left - choosing - late, 'stock')
  at_most(math.floor(credit), 'rate')
end
if count > 0 then
  serving = serving + count
  credit = credit - count
  redis.call('ZADD', KEYS[4], ms, serving)
  redis.call('HINCRBY', KEYS[1], 'called', count)
  unclaimed = unclaimed + count
end

-- Calls a second, over about a minute (less, just after the opening).
local pace = tonumber(room[7])
if elapsed > 0 then
  local age = math.max(elapsed, (ms - tonumber(room[8])) / 1000)
  local span = math.max(5, math.min(60, age))
  local weight = math.max(1 - math.exp(-elapsed / span), elapsed / age)
  pace = pace + (count / elapsed - pace) * weight
end
if why == 'rate' then
  why = ARGV[10]
end
redis.call('HINCRBY', KEYS[1], 'expired', expired)
redis.call('HSET', KEYS[1], 'serving', serving, 'settled', settled, 'updated', ms, 'credit', credit,
  'pace', pace, 'why', why, 'seats', seats, 'held', held, 'left', left, 'passes', passes,
  'unclaimed', unclaimed, 'late', late, 'phantoms', phantoms, 'paused', ARGV[5],
  'box_rate', ARGV[11], 'empty', empty(settled, serving), 'gaps', table.concat(ARGV, ' ', 13))
return {'called', count, serving, last, why}
