-- Remembers changes of a volume.
-- KEYS[1] the volume; ARGV[1] the changes; ARGV[2], ARGV[3] and ARGV[4] as in renew.lua.
-- Returns ARGV[4], and the version with them.
if redis.call('HEXISTS', KEYS[1], 'version') == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'version', time[1] .. string.rep('0', 6 - #time[2]) .. time[2])
end
local version = redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], string.format('log:%.0f', version), ARGV[1])
redis.call('HDEL', KEYS[1], string.format('log:%.0f', version - ARGV[2]))
redis.call('EXPIRE', KEYS[1], ARGV[3])
return {ARGV[4], string.format('%.0f', version)}
