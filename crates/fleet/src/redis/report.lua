-- Remembers how a machine is.
-- KEYS[1] when each machine reported last; KEYS[2] the machine; ARGV[1] its id; ARGV[2] what it says;
-- ARGV[3] for how many seconds that is remembered; ARGV[4] of how many machines;
-- ARGV[5] what tells this question from others.
-- Returns ARGV[5], and "OK".
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3] * 1000))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return {ARGV[5], 'OK'}
