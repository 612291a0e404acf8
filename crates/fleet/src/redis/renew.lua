-- Tells the version of a volume, and what was announced since the version that is known.
-- KEYS[1] the volume; ARGV[1] the version that is known, or nothing; ARGV[2] how many announcements are
-- remembered; ARGV[3] for how many seconds a volume is, that nobody asks after; ARGV[4] what tells this
-- question from others.
-- Returns ARGV[4], and a list: the version, "changes" or "everything", and each announcement.
local version = redis.call('HGET', KEYS[1], 'version')
if not version then
  local time = redis.call('TIME')
  version = time[1] .. string.rep('0', 6 - #time[2]) .. time[2]
end
-- Written each time: a server that takes no changes, because it is full or follows another one, must not
-- give leases either, since nobody could announce anything there.
redis.call('HSET', KEYS[1], 'version', version)
if redis.call('TTL', KEYS[1]) < ARGV[3] / 2 then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
end
local known = ARGV[1]
if known == version then
  return {ARGV[4], {version, 'changes'}}
end
local from, to = tonumber(known), tonumber(version)
if not from or from > to or to - from > tonumber(ARGV[2]) then
  return {ARGV[4], {version, 'everything'}}
end
local fields = {}
for number = from + 1, to do
  fields[#fields + 1] = string.format('log:%.0f', number)
end
local reply = {version, 'changes'}
for _, entry in ipairs(redis.call('HMGET', KEYS[1], unpack(fields))) do
  if not entry then
    return {ARGV[4], {version, 'everything'}}
  end
  reply[#reply + 1] = entry
end
return {ARGV[4], reply}
