-- Exercises the interpreter, the garbage collector, strings, tables, coroutines, numbers and files.
local function fibonacci(n) return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2) end
print("fibonacci", fibonacci(24))

local numbers, seed = {}, 42
for i = 1, 20000 do
  seed = (seed * 1103515245 + 12345) % 2147483648
  numbers[i] = seed
end
table.sort(numbers)
print("sorted", numbers[1], numbers[10000], numbers[20000])
table.sort(numbers, function(a, b) return a % 1000 < b % 1000 or (a % 1000 == b % 1000 and a < b) end)
print("sorted by remainder", numbers[1], numbers[10000], numbers[20000])

print(string.format("%.14g %.14g %.14g %.14g", math.sin(1), math.exp(1), math.log(10), 2 ^ 0.5))
print(math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger, 7 // -2, 7 % -2, -7.5 // 2)
print(1 << 62, ~0, 5 & 3, 5 ~ 3, 0x7fffffffffffffff >> 60)
print(1 / 0, -1 / 0, 0 / 0 ~= 0 / 0, math.tointeger(2.0 ^ 53), string.format("%a", 0.1))
print(#tostring(12345.678), tonumber("0x1p4"), tonumber("  17  "), tonumber("z", 36), tonumber("1e1"))

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do
  words[#words + 1] = word:upper():reverse()
end
print(table.concat(words, ","), ("x"):rep(10, "-"), ("hello world"):gsub("o", "0"))
print(string.pack(">I4i8dz", 7, -2, 1.5, "end"):byte(1, -1))
print(string.unpack("<i2", "\1\2"))
print(utf8.char(228, 8364, 128512), utf8.len("äöü"))

local generator = coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i * i) end return "done" end)
for _ = 1, 6 do io.write(tostring(generator()), " ") end
print()
print(pcall(error, { code = 7 }), select("#", pcall(error)))
print(select(2, pcall(function() local t = nil; return t.x end)))

local account = setmetatable({ balance = 10 }, { __index = function(_, key) return key .. "?" end,
  __add = function(a, b) return a.balance + b end, __call = function(self, x) return self.balance * x end })
print(account.name, account + 5, account(3))

local live = {}
for i = 1, 200000 do live[i % 1000 + 1] = { i, tostring(i) } end
collectgarbage()
print("live", #live, live[1][2], collectgarbage("count") < 10000)

local name = "lua.data"
local file = assert(io.open(name, "w"))
for i = 1, 1000 do file:write(i, " ", i * i, "\n") end
file:close()
local sum = 0
for line in io.lines(name) do sum = sum + tonumber(line:match("%d+ (%d+)")) end
print("sum of squares", sum)
file = assert(io.open(name, "rb"))
print(file:seek("end"), file:seek("set", 10), file:read(5), file:read("n", "l"))
file:close()
print(os.remove(name), io.open(name))
print(load("return 1 +"))
os.exit(3)
