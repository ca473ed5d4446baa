-- The library: strings, patterns, tables, coroutines, files, errors, numbers of both kinds.
local out = assert(io.open("written.txt", "w"))
local function say(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    local line = table.concat(words, " ")
    print(line) out:write(line, "\n")
end
say(("%5.2f|%-8s|%08x|%q|%g|%i"):format(3.14159, "left", 48879, 'a\n"b"\0c', 1e100, -42))
for word, number in ("one=1, two=22;three=333"):gmatch("(%a+)=(%d+)") do say(word, number) end
say((("hello world"):gsub("o(%s*)", "0%1")), ("x"):rep(10, "-"), ("abc"):reverse(), ("Straße"):upper(), #"日本")
for _, code in utf8.codes("aé日😀") do say(code, utf8.char(code)) end
local list = {}
for i = 1, 1000 do list[i] = (i * 7919) % 1009 end
table.sort(list, function(a, b) return a > b end)
say(list[1], list[500], list[1000], table.unpack({"x", "y", "z"}))
table.move(list, 1, 10, 5) table.insert(list, 3, "new") say(table.remove(list, 3), #list, select("#", nil, nil))
local function produce(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i * i) end end) end
local sum = 0
for square in produce(1000) do sum = sum + square end
say(sum)
local ok, message = pcall(function() local t = nil; return t.x end)
say(tostring(ok), (message:gsub("^.-:%d+: ", "")))
say(select(2, pcall(error, {code = 7})).code, tostring(select(2, xpcall(function() error("deep", 0) end, function(m) return m .. "!" end))))
say(7 // 2, -7 // 2, 7 % -3, 7.5 // 2, 2 ^ 0.5, 1 << 62, ~0 >> 1, 5 & 3 | 8, math.maxinteger + 1 == math.mininteger)
say(math.tointeger(3.0), 3 | 0, 0x7fffffffffffffff, 1e15, 0.1 + 0.2, -0.0, 1 / 0, 0 / 0 ~= 0 / 0)
say(string.pack(">i4 <d z s1", -2, 1.5, "zero", "len"):byte(1, -1))
say(string.unpack("<i8", string.pack("<i8", math.mininteger)))
say(math.type(1), math.type(1.0), tostring(math.ult(1, -1)), math.floor(-3.5), math.fmod(-7, 3), string.format("%a", 0.5))
local meta = setmetatable({}, {__index = function(_, key) return key .. "?" end, __call = function(_, a) return a * 2 end,
    __concat = function() return "joined" end, __len = function() return 99 end, __lt = function() return true end})
say(meta.missing, meta(21), meta .. "x", #meta, tostring(meta < meta))
local weak = setmetatable({}, {__mode = "k"})
for i = 1, 100 do weak[{}] = i end
collectgarbage()
say(next(weak) == nil and "collected" or "kept")
for i = 1, 30 do local garbage = {} for j = 1, 2000 do garbage[j] = {j, tostring(j)} end end
say(load("local a <const> = 5; return a + ...")(37), load("syntax error here"))
goto done
say("never")
::done::
out:close()
local lines, bytes = 0, 0
for line in io.lines("written.txt") do lines, bytes = lines + 1, bytes + #line end
local file = io.open("written.txt", "r+b")
file:seek("end", -20) local tail = file:read(5) file:seek("set", 0) file:write("OVERWRITTEN") file:close()
print(lines, bytes, #tail, os.rename("written.txt", "renamed.txt"), io.open("written.txt"))
print(os.remove("none"), os.time({year = 2001, month = 9, day = 9, hour = 12}) - os.time({year = 2001, month = 9, day = 8, hour = 12}))
