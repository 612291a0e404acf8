-- Tells what each machine said last.
-- KEYS[1] when each machine reported last; ARGV[1] what the keys of machines begin with; ARGV[2] how many
-- machines there are at most; ARGV[3] how many bytes each says at most; ARGV[4] what tells this question
-- from others.
-- Returns ARGV[4], and a list: for each machine its id, how many milliseconds ago it reported, and what it said.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {}
local machines = redis.call('ZREVRANGE', KEYS[1], 0, ARGV[2] - 1, 'WITHSCORES')
for place = 1, #machines, 2 do
  local key = ARGV[1] .. machines[place]
  local length = redis.call('STRLEN', key)
  if length > tonumber(ARGV[3]) then
    return redis.error_reply('ERR ' .. length .. ' bytes in ' .. key)
  end
  if length > 0 then
    reply[#reply + 1] = machines[place]
    reply[#reply + 1] = string.format('%.0f', math.max(0, now - machines[place + 1]))
    reply[#reply + 1] = redis.call('GET', key)
  end
end
return {ARGV[4], reply}
