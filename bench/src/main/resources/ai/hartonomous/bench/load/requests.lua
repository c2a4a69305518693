-- For wrk: sends the requests of a file round and round, and prints what was measured in one line.
-- A line of the file: method, path, headers ("Name: value|Name: value") and body, with tabs between.

local requests = {}
local next = 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, fields, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = {}
    for name, value in fields:gmatch("([^|:]+): ([^|]+)") do
      headers[name] = value
    end
    if body == "" then
      body = nil
    end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(
    string.format(
      "figures %d %d %d %d %d %d %d\n",
      summary.requests,
      summary.duration,
      latency:percentile(50),
      latency:percentile(99),
      latency.max,
      errors.connect + errors.read + errors.write + errors.timeout,
      errors.status
    )
  )
end
