# Writes networks.csv: numbers of R's sna and of glm on change statistics found by toggling ties.
# Run in this folder: Rscript networks.R (Debian: r-cran-sna).
suppressMessages(library(sna))
n <- 16
i <- matrix(0:(n - 1), n, n); j <- t(i)
x <- 1 * ((7 * i + 11 * j + i * j) %% 10 < 3); diag(x) <- 0
u <- 1 * (x + t(x) > 0)
group <- (0:(n - 1)) %% 3
score <- ((0:(n - 1)) * 5) %% 7
near <- abs(i - j)
rows <- list()
put <- function(what, key, values) rows[[length(rows) + 1]] <<- data.frame(what, key, at = seq_along(values), value = as.numeric(values))

b <- brokerage(x, group)
for (role in colnames(b$raw.nli)) {
  put("count", role, b$raw.nli[, role]); put("expected", role, b$exp.nli[, role])
  put("deviation", role, b$sd.nli[, role]); put("z", role, b$z.nli[, role])
}
put("total", "count", b$raw.gli); put("total", "expected", b$exp.gli); put("total", "deviation", b$sd.gli)
census <- triad.census(x)
for (kind in colnames(census)) put("triad", kind, census[1, kind])
# sizes of the maximal cliques of the ties in either direction
sizes <- clique.census(u, mode = "graph", tabulate.by.vertex = FALSE, enumerate = FALSE)$clique.count
put("cliques", "number", sizes)

gwesp <- function(m, decay, directed) {
  two <- m %*% m
  total <- sum(exp(decay) * (1 - (1 - exp(-decay))^two[m == 1]))
  if (directed) total else total / 2
}
model <- function(m, directed, statistics, name) {
  pairs <- which(if (directed) row(m) != col(m) else row(m) < col(m), arr.ind = TRUE)
  change <- t(apply(pairs, 1, function(p) {
    with <- m; without <- m
    with[p[1], p[2]] <- 1; without[p[1], p[2]] <- 0
    if (!directed) { with[p[2], p[1]] <- 1; without[p[2], p[1]] <- 0 }
    statistics(with) - statistics(without)
  }))
  f <- glm(m[pairs] ~ change - 1, family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
  put(name, "coefficient", coef(f)); put(name, "error", summary(f)$coefficients[, 2]); put(name, "aic", f$aic)
}
same <- 1 * outer(group, group, "==")
model(x, TRUE, function(m) c(sum(m), sum(m * t(m)) / 2, gwesp(m, 0.5, TRUE), sum(m * score), sum(t(m) * score),
                             sum(m * same), sum(m * near)), "directed")
model(u, FALSE, function(m) c(sum(m) / 2, gwesp(m, 0.25, FALSE), sum(m * score), sum(m * same) / 2), "undirected")
write.csv(do.call(rbind, rows), "networks.csv", row.names = FALSE, quote = FALSE)
