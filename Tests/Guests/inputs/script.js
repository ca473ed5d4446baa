// Exercises numbers, strings, regular expressions, closures, exceptions and JSON.
function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
print("fibonacci", fibonacci(20));

var seed = 42, numbers = [];
for (var i = 0; i < 5000; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    numbers.push(seed);
}
numbers.sort(function (a, b) { return a - b; });
print(numbers[0], numbers[2500], numbers[4999]);
print(0.1 + 0.2, 1e21, 1 / 3, -0, (255).toString(16), (0.5).toFixed(3), (12345.678).toExponential(2), 5e-324);
print([Math.sin(1), Math.exp(1), Math.pow(2, 0.5), Math.atan2(1, 2)].map(function (x) { return x.toPrecision(12); }));
print(Math.round(-2.5), Math.max());
print(1 << 31, -1 >>> 0, 5 & 3, ~7, parseInt("0x1f"), parseFloat("3.25abc"), Number("12px"));
print("the quick brown fox".replace(/(\w+) (\w+)/g, "$2 $1"), /a(b+)c/.exec("xabbbcx"), "a,b,,c".split(","));
print(JSON.stringify({ list: [1, 2.5, "x", null, true], nested: { a: {} } }), JSON.parse("[1,{\"a\":2}]")[1].a);
var counters = [1, 2, 3].map(function (n) { return function () { return n * n; }; });
print(counters.map(function (f) { return f(); }).reduce(function (a, b) { return a + b; }));
try { null.property; } catch (error) { print(error.name, error instanceof TypeError); }
try { undefinedFunction(); } catch (error) { print(error.name); }
var object = { get x() { return 7; }, toString: function () { return "object"; } };
print(object.x, "" + object, Object.keys({ b: 1, a: 2 }), typeof undefined, isNaN(NaN));
print(new Date(86400000 * 365).toISOString(), "\u00e4\u20ac".length, encodeURIComponent("ä"));
var text = "";
for (i = 0; i < 20000; i++) text = (text + String.fromCharCode(97 + i % 26)).slice(-1000);
print(text.length, text.indexOf("xyz"), text.charCodeAt(999));
