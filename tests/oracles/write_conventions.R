# Write conventions_by_r.csv, the numbers that test_conventions.py compares with: Rscript tests/oracles/write_conventions.R
# R 4.2.2 with sna 2.7-1, igraph 1.3.5, spdep 1.2-7; what is not in a package is the formula that its manual prints.
suppressMessages({library(spdep)})
out <- list()
keep <- function(case, values, names = seq_along(values), column = "") {
  out[[length(out) + 1]] <<- data.frame(case = case, row = as.character(names), column = column, value = as.numeric(values))
}

# --- a network with one-way ties, places that are not reached and an island -------------------------------------------
places <- letters[1:9]
m <- matrix(0, 9, 9, dimnames = list(places, places))
ties <- list(c(1, 2, 4), c(2, 1, 1), c(2, 3, 2), c(3, 4, 5), c(4, 2, 1), c(4, 5, 3), c(5, 6, 2), c(6, 5, 2), c(1, 6, 1),
             c(6, 3, 1), c(7, 5, 4), c(8, 7, 2))
for (t in ties) m[t[1], t[2]] <- t[3]
keep("network", m[m > 0], places[row(m)[m > 0]], places[col(m)[m > 0]])
u <- m + t(m)
keep("sna betweenness", sna::betweenness(m), places)
keep("sna betweenness both", sna::betweenness(u, gmode = "graph"), places)
keep("sna closeness", sna::closeness(m), places)
keep("sna closeness part", sna::closeness(u[1:8, 1:8], gmode = "graph"), places[1:8])
keep("sna harmonic", sna::closeness(m, cmode = "suminvdir"), places)
keep("sna eigenvector", abs(sna::evcent(m[1:6, 1:6], use.eigen = TRUE)), places[1:6])
keep("sna eigenvector both", abs(sna::evcent(u[1:8, 1:8], use.eigen = TRUE)), places[1:8])
keep("sna density", c(sna::gden(m), sna::gden(u, mode = "graph")), c("directed", "both"))
steps <- sna::geodist(u)$gdist
diag(steps) <- NA
keep("farness n", 1 / rowSums(replace(steps, is.infinite(steps), 9), na.rm = TRUE), places)
longest <- max(steps[is.finite(steps)], na.rm = TRUE)
keep("farness beyond", 1 / rowSums(replace(steps, is.infinite(steps), longest + 1), na.rm = TRUE), places)

g <- igraph::graph_from_adjacency_matrix(m, weighted = TRUE)
b <- igraph::graph_from_adjacency_matrix(u, weighted = TRUE, mode = "undirected")
for (kind in c("", " both")) {
  x <- if (kind == "") g else b
  keep(paste0("igraph betweenness", kind), igraph::betweenness(x), places)
  keep(paste0("igraph closeness", kind), igraph::closeness(x), places)
  keep(paste0("igraph harmonic", kind), igraph::harmonic_centrality(x), places)
  keep(paste0("igraph eigenvector", kind), igraph::eigen_centrality(x, directed = TRUE)$vector, places)
  keep(paste0("igraph constraint", kind), igraph::constraint(x), places)
}
ego <- sapply(places, function(p) {
  own <- igraph::make_ego_graph(b, 1, p)[[1]]
  igraph::constraint(own)[p]
})
keep("igraph constraint of ego", ego, places)

# --- values on a ring with a shortcut from each place, rows that add up to 1 -------------------------------------------
n <- 12
x <- c(3, 8, 1, 9, 4, 7, 2, 12, 5, 11, 6, 30)
w <- matrix(0, n, n)
for (i in 1:n) for (j in c(i - 1, i + 1, i + 3)) w[i, (j - 1) %% n + 1] <- 1
w <- w / rowSums(w)
keep("values", x)
keep("weights", w[w > 0], row(w)[w > 0], col(w)[w > 0])
listw <- mat2listw(w, style = "W")
l <- localmoran(x, listw)
keep("spdep local moran", l[, 1])
keep("spdep local moran z", l[, 4])
keep("spdep local moran p", l[, 5])
test <- moran.test(x, listw)
keep("spdep moran", c(test$estimate[1], test$p.value), c("value", "p"))
two <- moran.test(x, listw, alternative = "two.sided")
keep("arcgis moran", c(two$statistic, two$p.value), c("z", "p"))
back <- rev(x)
keep("spdep local moran with another", localmoran_bv(x, back, listw, nsim = 9)[, 1])
keep("spdep local geary", localC(x, listw))
test <- geary.test(x, listw)
keep("spdep geary", c(test$estimate[1], test$p.value), c("value", "p"))
test <- globalG.test(x, listw)
keep("spdep getis ord", c(test$estimate[1], test$p.value), c("value", "p"))
around <- (w > 0) + diag(n)
around <- mat2listw(around / rowSums(around), style = "W")
attr(around$neighbours, "self.included") <- TRUE
keep("spdep getis ord star z", localG(x, around))
z <- x - mean(x)
keep("arcgis local moran", sapply(1:n, function(i) z[i] / (sum(z[-i]^2) / (n - 1)) * sum(w[i, ] * z)))
keep("geoda local moran", sapply(1:n, function(i) { s <- as.vector(scale(x)); s[i] * sum(w[i, ] * s) }))

# --- spread, quantiles, scales, components -------------------------------------------------------------------------------
y <- sort(x)
keep("stata", c(1 + 1 / n - 2 / (mean(y) * n^2) * sum((n - 1:n + 1) * y), sd(x) / mean(x)), c("gini", "variation"))
keep("desctools", c(sum((2 * 1:n - n - 1) * y) / (n * (n - 1) * mean(y)), sd(x) / mean(x)), c("gini", "variation"))
for (type in c(7, 2)) keep(paste("quantile type", type), quantile(x, 1:4 / 5, type = type))
keep("coinr minmax", (x - min(x)) / (max(x) - min(x)) * 100)
keep("coinr zscore", (x - mean(x)) / sd(x))
keep("coinr percentile rank", (rank(x, ties.method = "min") - 1) / (n - 1))
table <- data.frame(a = x, b = x + c(2, -1, 3, 0, -2, 1, 4, -3, 2, 0, 1, -1), c = sqrt(x) + c(0, 1, 0, 2, 0, 1, 0, 0, 2, 0, 1, 0))
for (name in names(table)) keep("table", table[[name]], seq_len(n), name)
first <- prcomp(table, scale. = TRUE)$rotation[, 1]
keep("coinr components", first / sum(first), names(table))

# --- p-values of permutations --------------------------------------------------------------------------------------------
set.seed(1)
d <- as.matrix(dist(1:n))
e <- 1 / (1 + d)
related <- sna::qaptest(list(d, e), sna::gcor, g1 = 1, g2 = 2, reps = 500)
keep("sna qap", c(related$testval, related$pleeq), c("correlation", "less"))
fitted <- sna::netlm(e, list(d), reps = 500)
keep("sna netlm", c(fitted$coefficients[2], fitted$pgreqabs[2]), c("coefficient", "p"))

table <- do.call(rbind, out)
table$value <- trimws(formatC(table$value, digits = 15, format = "g"))
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write.csv(table, file.path(folder, "conventions_by_r.csv"), row.names = FALSE, quote = FALSE)
