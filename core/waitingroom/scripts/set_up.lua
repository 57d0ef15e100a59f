-- Set up a room, or find that somebody has.
-- KEYS: room. ARGV: now, ms to keep it, epoch, phase, last, reserved, serving, passes that
-- were out when it was lost.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local ms = now(ARGV[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'phase', ARGV[4], 'last', ARGV[5], 'reserved', ARGV[6],
  'serving', ARGV[7], 'settled', ARGV[7], 'gathered', 0, 'updated', ms, 'opened', ms, 'credit', 0,
  'pace', 0, 'called', 0, 'claimed', 0, 'spent', 0, 'expired', 0, 'came', 0, 'waited_for', 0,
  'seats', 0, 'held', 0, 'left', 0, 'passes', 0, 'unclaimed', 0, 'late', 0, 'phantoms', 0,
  'paused', 0, 'why', '', 'box_rate', 0, 'lost', ARGV[8], 'regained', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
