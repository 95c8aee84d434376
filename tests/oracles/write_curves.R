# Write what nls of R and zeroinfl of pscl find, for test_adoption_curves_r and test_gravity_models: Rscript tests/oracles/write_curves.R
options(digits = 15)
out <- data.frame(model = character(), parameter = character(), value = numeric(), error = numeric())
add <- function(model, table) {
  out <<- rbind(out, data.frame(model = model, parameter = rownames(table), value = table[, 1], error = table[, 2]))
}
y <- c(3, 9, 14, 31, 50, 86, 110, 139, 150, 162, 166, 171)
t <- seq_along(y)
add("logistic", summary(nls(y ~ m / (1 + exp(-r * (t - t0))), start = list(m = 170, r = 0.7, t0 = 6)))$coefficients)
add("gompertz", summary(nls(y ~ m * exp(-exp(-r * (t - t0))), start = list(m = 180, r = 0.4, t0 = 5)))$coefficients)
F <- function(t, p, q) ifelse(t > 0, (1 - exp(-(p + q) * t)) / (1 + q / p * exp(-(p + q) * t)), 0)
add("bass", summary(nls(y ~ m * F(t, p, q), start = list(m = 170, p = 0.01, q = 0.6)))$coefficients)
one <- c(2, 5, 9, 15, 22, 33, 41, 46, 43, 35, 24, 16, 10, 6, 4, 2)
two <- c(NA, NA, NA, NA, NA, NA, 3, 9, 20, 38, 58, 78, 95, 104, 112, 115)
g <- data.frame(t = rep(seq_along(one), 2), k = rep(1:2, each = length(one)), y = c(one, two))
g <- g[!is.na(g$y), ]
S <- function(t, k, p, q, m1, m2) {
  a <- F(t, p, q); b <- F(t - 6, p, q)
  ifelse(k == 1, a * m1 * (1 - b), b * (m2 + a * m1))
}
size <- ifelse(g$k == 1, max(one), max(two, na.rm = TRUE))
add("generations", summary(nls(y / size ~ S(t, k, p, q, m1, m2) / size, data = g,
  start = list(p = 0.02, q = 0.5, m1 = 70, m2 = 50), control = nls.control(maxiter = 500)))$coefficients)
suppressMessages(library(pscl))
set.seed(1)
n <- 12
at <- c(1, 2.5, 4, 7, 8, 10, 13, 15, 18, 19, 23, 26)
pairs <- expand.grid(i = 1:n, j = 1:n)
pairs <- pairs[pairs$i != pairs$j, ]
pairs$cost <- abs(at[pairs$i] - at[pairs$j])
mass <- c(9, 3, 5, 2, 8, 4, 7, 6, 3, 5, 2, 4)
pairs$mu <- exp(1 + 0.6 * log(mass[pairs$i]) + 0.5 * log(mass[pairs$j]) - 0.9 * log(pairs$cost))
pairs$y <- rpois(nrow(pairs), pairs$mu) * (runif(nrow(pairs)) > 0.1 + 0.02 * pairs$cost)
pairs$log_cost <- log(pairs$cost); pairs$oi <- log(mass[pairs$i]); pairs$dj <- log(mass[pairs$j])
z <- zeroinfl(y ~ oi + dj + log_cost | log_cost, data = pairs, control = zeroinfl.control(reltol = 1e-14))
s <- summary(z)$coefficients
add("zip_count", s$count[, 1:2]); add("zip_zero", s$zero[, 1:2])
out <- rbind(out, data.frame(model = "zip", parameter = "log_likelihood", value = z$loglik, error = NA))
# two steps of Heckman: probit of a flow above 0, then its logarithm with the inverse Mills ratio
pairs$seen <- pairs$y > 0
probit <- glm(seen ~ oi + dj + log_cost, data = pairs, family = binomial("probit"), control = glm.control(epsilon = 1e-14))
add("probit", summary(probit)$coefficients[, 1:2])
line <- predict(probit)
pairs$mills <- dnorm(line) / pnorm(line)
second <- lm(log(y) ~ oi + dj + log_cost + mills, data = pairs[pairs$seen, ])
add("second", summary(second)$coefficients[, 1:2])
write.csv(out, "tests/oracles/curves.csv", row.names = FALSE, quote = FALSE)
write.csv(pairs[, c("i", "j", "cost", "y")], "tests/oracles/flows_with_zeros.csv", row.names = FALSE, quote = FALSE)
