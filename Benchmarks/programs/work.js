// Closures, arrays, strings, objects and regular expressions, in ECMAScript 5; prints what it computed.
var state = 42;
function random(limit) {
    state = (state * 16807) % 2147483647;
    return state % limit;
}

function queens(n, row, columns, rising, falling) {
    if (row === n) return 1;
    var solutions = 0;
    for (var column = 0; column < n; column++) {
        if (columns[column] || rising[row + column] || falling[row - column + n]) continue;
        columns[column] = rising[row + column] = falling[row - column + n] = true;
        solutions += queens(n, row + 1, columns, rising, falling);
        columns[column] = rising[row + column] = falling[row - column + n] = false;
    }
    return solutions;
}

function sorted(count) {
    var values = [];
    for (var i = 0; i < count; i++) values.push(random(1000000));
    values.sort(function (a, b) { return a - b; });
    return [values[0], values[count >> 1], values[count - 1]].join(" ");
}

function words(count) {
    var counts = {};
    for (var i = 0; i < count; i++) {
        var word = "w" + random(499);
        counts[word] = (counts[word] || 0) + 1;
    }
    var text = Object.keys(counts).sort().map(function (word) { return word + "=" + counts[word]; }).join(",");
    return text.length + " " + text.replace(/[a-z](\d+)=/g, "$1:").length + " " + text.slice(0, 24);
}

function oscillate(bodies, steps) {
    var all = [];
    for (var i = 1; i <= bodies; i++) all.push({ place: i / bodies, velocity: 0 });
    for (var step = 0; step < steps; step++) {
        for (i = 0; i < bodies; i++) {
            var body = all[i];
            body.velocity -= body.place * 0.001;
            body.place += body.velocity * 0.001;
        }
    }
    return all.reduce(function (sum, body) {
        return sum + body.place * body.place + body.velocity * body.velocity;
    }, 0).toFixed(9);
}

print("queens", queens(8, 0, [], [], []));
print("sorted", sorted(25000));
print("words", words(40000));
print("energy", oscillate(20, 25000));
