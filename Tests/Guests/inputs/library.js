// The language and its library: closures, prototypes, exceptions, regular expressions, JSON, dates in UTC, sorting.
function Shape(name) { this.name = name; }
Shape.prototype.toString = function () { return "shape " + this.name; };
function Square(side) { Shape.call(this, "square"); this.side = side; }
Square.prototype = Object.create(Shape.prototype);
Square.prototype.area = function () { return this.side * this.side; };
var square = new Square(12);
print(square, square.area(), square instanceof Shape, Object.keys(square).join());
var counters = [];
for (var i = 0; i < 5; i++) counters.push((function (n) { return function () { return n++; }; })(i));
print(counters.map(function (f) { f(); return f(); }));
try { null.x; } catch (error) { print(error instanceof TypeError); }
try { throw { code: 7 }; } catch (error) { print(error.code); } finally { print("finally"); }
print(JSON.stringify({ a: [1, "\u00e9\n", null, { b: true }], c: 1.5e300, d: undefined }, null, 1));
print(JSON.parse('{"x": [1, 2, {"y": "z"}]}').x[2].y, JSON.stringify("\u2028\"\\"));
print("2001-09-09, 1999-12-31".replace(/(\d+)-(\d+)-(\d+)/g, "$3.$2.$1"), /(a+)+b/.exec("xaaab").join());
print("a1b22c333".split(/\d+/), "Hello World".match(/[A-Z]/g), "x".charCodeAt(0), "abcdef".substring(3, 1));
print([5, 1, 10, 2].sort(), [5, 1, 10, 2].sort(function (a, b) { return a - b; }), [1, 2, 3].reduce(function (a, b) { return a + b; }));
print(0.1 + 0.2, 1 / 3, 1e21, 123456789012345680000, -0, 5e-324, (255).toString(16), (0.5).toString(2), parseInt("0x1f"), parseFloat("3.5abc"));
print((1234.5678).toFixed(2), (0.00001234).toPrecision(2), (12345.678).toExponential(3), 7 % -3, -7 >> 1, -7 >>> 28, 1 << 31, ~5);
print(new Date(Date.UTC(2024, 1, 29, 23, 59, 59)).toISOString(), new Date(0).getTime(), Date.UTC(1969, 0, 1));
print(Math.floor(-3.5), Math.round(2.5), Math.max(1, "3", 2), isNaN(Math.sqrt(-1)), Math.pow(2, 53), Math.abs(-7));
print(encodeURIComponent("a b&c/\u00e9"), decodeURIComponent("%41%C3%A9"));
var primes = [];
outer: for (var n = 2; primes.length < 500; n++) {
    for (var j = 0; primes[j] * primes[j] <= n; j++) if (n % primes[j] === 0) continue outer;
    primes.push(n);
}
print(primes[499], primes.slice(0, 10));
var words = {}, text = "the quick brown fox jumps over the lazy dog the end";
text.split(" ").forEach(function (word) { words[word] = (words[word] || 0) + 1; });
print(Object.keys(words).sort().map(function (word) { return word + ":" + words[word]; }));
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
print(fib(20));
var big = []; for (var k = 0; k < 20000; k++) big.push({ key: (k * 7919) % 20011, value: String(k) });
big.sort(function (a, b) { return a.key - b.key; });
print(big[0].value, big[9999].key, big[19999].value);
Object.defineProperty(square, "hidden", { value: 5, enumerable: false, writable: false });
square.hidden = 6;
print(square.hidden, "hidden" in square, JSON.stringify(square));
print(eval("var e = 3; e * 14"), new Function("a", "b", "return a * b")(6, 7), typeof undefinedName, void 0);
