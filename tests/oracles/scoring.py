"""Published figures that the scoring and its intervals are held to, each with its origin."""

# A table of five dimension gaps published with its unweighted score -0.86 (12manage.com forum on SERVQUAL); weights: the average points
# that Zeithaml, Parasuraman & Berry (1990) report. The weighted score is their product.
FORUM_GAPS = (-0.65, -1.10, -0.83, -0.70, -1.01)
FORUM_UNWEIGHTED = -0.858
AVERAGE_POINTS = (11, 32, 22, 19, 16)
FORUM_WEIGHTED = -0.9007

# A restaurant study of 51 guests, published per dimension with standard deviations (thesis on fayllar.org); t and d_z follow from
# the table's means and sd (its last gap is printed .3431 where its means give .3432).
RESTAURANT_N = 51
RESTAURANT = (
    # P, E, gap, sd of the gap, t, d_z
    (3.5147, 3.9412, -0.4265, 0.53454, -5.698, -0.798),
    (3.4771, 3.9085, -0.4314, 0.52194, -5.903, -0.827),
    (3.5686, 4.0000, -0.4314, 0.61660, -4.996, -0.700),
    (3.4771, 3.9706, -0.4935, 0.64890, -5.431, -0.761),
    (3.8922, 3.5490, 0.3431, 0.65185, 3.760, 0.527),
)

# PMC6131925, table 2, n = 386: gap, 95 % interval and t of five dimensions; Assurance's t contradicts its own interval (a misprint).
HOSPITAL_N = 386
HOSPITAL = {
    "tangibles": (-0.25, -0.30, -0.19, -9.14),
    "reliability": (-0.13, -0.18, -0.08, -4.93),
    "responsiveness": (-0.13, -0.18, -0.07, -4.87),
    "assurance": (-0.18, -0.23, -0.13, -4.87),
    "empathy": (-0.16, -0.20, -0.10, -5.65),
}

# Worked by hand from the formulas of Welch (1947): managers n 6, mean 6.10, sd .55; customers n 120, mean 6.45, sd .72.
WELCH = {"gap": -0.350, "se": 0.23396, "df": 5.89, "t": -1.496, "p": 0.186, "low": -0.925, "high": 0.225}

# LibQUAL-style rows: adequate, desired, perceived -> adequacy, superiority, position in the zone.
ZONE = (
    (5.5, 7.9, 6.7, 1.20, -1.20, 0.5),
    (6.2, 8.1, 6.0, -0.20, -2.10, -0.2 / 1.9),
    (6.0, 7.5, 7.8, 1.80, 0.30, 1.2),
)

# Feldt's 95 % interval as printed by pingouin (`cronbach_alpha`), whose author checked it against R psych::alpha: alpha, n, k, low,
# high. The second is from its example with missing answers, where it counts all 12 people.
ALPHA = (
    (0.5917188485995826, 15, 10, 0.195, 0.840),
    (0.8016949152542373, 12, 11, 0.581, 0.933),
)

# The kiosk study (211 people, 207 usable; 24 items in eight dimensions), computed in R from the raw answers.
KIOSK = {
    "n": 207,
    "total": -1.1020531,
    "security": (-1.7101449, -1.9020857, -1.5182042),
    "playfulness": 0.0531401,
}
