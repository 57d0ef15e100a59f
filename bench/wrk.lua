-- Tells wrk's figures as one line of JSON. With an argument, each connection pauses for so many
-- milliseconds on average before it asks.

function init(args)
  local pause_ms = tonumber(args[1])
  if pause_ms then
    math.randomseed(pause_ms)
    delay = function() return math.random(0, 2 * pause_ms) end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %d, "seconds": %f, "p50_ms": %f, "p90_ms": %f, "p99_ms": %f, "max_ms": %f, ' ..
    '"errors": {"refused": %d, "reset": %d, "unsent": %d, "timed out": %d, "status 400 or more": %d}}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3,
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
