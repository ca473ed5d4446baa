-- Closures, tables, strings and floating point; prints what it computed.
local state = 42
local function random(limit)
    state = (state * 1103515245 + 12345) % 2147483648
    return state % limit
end

local function queens(n)
    local solutions, columns, rising, falling = 0, {}, {}, {}
    local function place(row)
        if row > n then solutions = solutions + 1 return end
        for column = 1, n do
            if not columns[column] and not rising[row + column] and not falling[row - column + n] then
                columns[column], rising[row + column], falling[row - column + n] = true, true, true
                place(row + 1)
                columns[column], rising[row + column], falling[row - column + n] = nil, nil, nil
            end
        end
    end
    place(1)
    return solutions
end

local function sorted(count)
    local values = {}
    for i = 1, count do values[i] = random(1000000) end
    table.sort(values, function(a, b) return a > b end)
    return values[1], values[count // 2], values[count]
end

local function words(count)
    local counts, order = {}, {}
    for _ = 1, count do
        local word = string.format("w%03d", random(997))
        if not counts[word] then order[#order + 1] = word end
        counts[word] = (counts[word] or 0) + 1
    end
    table.sort(order)
    local text = {}
    for i, word in ipairs(order) do text[i] = word .. "=" .. counts[word] end
    local joined = table.concat(text, ",")
    local digits = joined:gsub("%a", ""):gsub("=(%d)", "%1")
    return #joined, #digits, joined:sub(1, 24)
end

local Body = {}
Body.__index = Body
function Body:move(step)
    self.velocity = self.velocity - self.place * step
    self.place = self.place + self.velocity * step
end

local function oscillate(bodies, steps)
    local all = {}
    for i = 1, bodies do all[i] = setmetatable({ place = i / bodies, velocity = 0 }, Body) end
    for _ = 1, steps do
        for i = 1, bodies do all[i]:move(0.001) end
    end
    local energy = 0
    for _, body in ipairs(all) do energy = energy + body.place ^ 2 + body.velocity ^ 2 end
    return string.format("%.12f", energy)
end

print("queens", queens(9))
print("sorted", sorted(200000))
print("words", words(250000))
print("energy", oscillate(50, 40000))
