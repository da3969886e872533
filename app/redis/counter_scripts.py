"""Lua scripts for a workspace's event counts in Redis: each reads and writes them atomically.

A hash a workspace, whole or absent: `#epoch`, `#since` (when the counted day began, in Unix seconds), `#seq`
(every event up to this number is counted, none after), a field an event type, and `+<first>` for the counts of a
commit that arrived before those of the commit it follows. Where anything is inconsistent the hash is deleted: no
counts are better than wrong ones.
"""

# More types, or more commits waiting for a lost one, and the counts are not worth keeping here.
MAX_FIELDS = 5_000
TTL = 2 * 24 * 3600  # seconds after they were last stored, so that old days do not accumulate

_FRAME = f"""
local key = KEYS[1]
local epoch, since, seq

-- Count the commits that are held, as far as none is missing before them.
local function follow()
  while true do
    local place = string.format('+%d', seq + 1)
    local held = redis.call('HGET', key, place)
    if not held then break end
    local words = {{}}
    for word in string.gmatch(held, '%S+') do words[#words + 1] = word end
    for i = 2, #words, 3 do
      if tonumber(words[i]) >= since then redis.call('HINCRBY', key, words[i + 1], words[i + 2]) end
    end
    redis.call('HDEL', key, place)
    seq = tonumber(words[1])
  end
  redis.call('HSET', key, '#seq', string.format('%d', seq))
  if redis.call('HLEN', key) > {MAX_FIELDS} then redis.call('DEL', key) end
end

local function run()
  local state = redis.call('HMGET', key, '#epoch', '#since', '#seq')
  epoch, since, seq = state[1], tonumber(state[2]), tonumber(state[3])
  BODY
end

if not pcall(run) then redis.call('DEL', key) end
"""

# A commit's counts. ARGV: epoch, first, last, then minute (Unix seconds), type and count for each minute and type.
ADD = _FRAME.replace(
    "BODY",
    """
  if not epoch then return end  -- there are no counts to add to
  if epoch ~= ARGV[1] then error('another epoch of the log') end
  if tonumber(ARGV[2]) <= seq then return end  -- counted already
  redis.call('HSET', key, '+' .. ARGV[2], table.concat(ARGV, ' ', 3))
  follow()
""",
)

# Counts from PostgreSQL. ARGV: epoch, since, seq, then type and count for each type.
PUT = _FRAME.replace(
    "BODY",
    f"""
  local held, number = {{}}, tonumber(ARGV[3])
  if epoch == ARGV[1] then
    if since == tonumber(ARGV[2]) and seq >= number then return end
    for _, field in ipairs(redis.call('HKEYS', key)) do
      if string.sub(field, 1, 1) == '+' and tonumber(string.sub(field, 2)) > number then
        held[field] = redis.call('HGET', key, field)
      end
    end
  end
  redis.call('DEL', key)
  redis.call('HSET', key, '#epoch', ARGV[1], '#since', ARGV[2])
  for i = 4, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
  for field, counts in pairs(held) do redis.call('HSET', key, field, counts) end
  since, seq = tonumber(ARGV[2]), number
  follow()
  redis.call('EXPIRE', key, {TTL})
""",
)
