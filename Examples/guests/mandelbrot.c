// Draws the Mandelbrot set with characters, in double precision.
#include "guest.h"

enum { COLUMNS = 78, ROWS = 32, ITERATIONS = 20000 };

static int escape_time(double real, double imaginary) {
    double x = 0, y = 0;
    int steps = 0;
    while (steps < ITERATIONS && x * x + y * y <= 4) {
        double next = x * x - y * y + real;
        y = 2 * x * y + imaginary;
        x = next;
        steps++;
    }
    return steps;
}

int main(int argument_count, char **arguments, char **environment) {
    (void)argument_count, (void)arguments, (void)environment;
    static const char shades[] = " .,:;!*%$@#";
    for (int row = 0; row < ROWS; row++) {
        char line[COLUMNS + 1];
        for (int column = 0; column < COLUMNS; column++) {
            int steps = escape_time(-2.2 + 3.2 * column / COLUMNS, -1.2 + 2.4 * row / ROWS);
            int shade = 0;
            while (steps > 1 && shade < (int)sizeof shades - 2)
                steps /= 2, shade++;
            line[column] = shades[shade];
        }
        line[COLUMNS] = 0;
        print("%s\n", line);
    }
    return 0;
}
