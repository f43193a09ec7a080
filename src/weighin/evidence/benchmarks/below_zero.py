"""Metrics whose numbers may lie below zero: correlations, rewards, returns, log-likelihoods."""

import re

_NAMES = """
    corr, corrcoef, correlation, correlations, spearman, spearmanr, pearson, pearsonr, kendall,
    kendalltau, matthews, mcc, srcc, plcc, krcc, pcc, scc, icc, ccc, kappa,
    npmi, pmi, umass, silhouette, ari, rand, adjusted rand, adjusted rand index,
    r2, r 2, r², r ², r squared, rsquared, adj r2, adjusted r2, explained variance, nse, kge, bss,
    brier skill, skill score, bias, mbe, mean bias error, mean error, signed error,
    reward, rewards, return, returns, pnl, profit, profits, roi, sharpe, sharpe ratio, sortino,
    sortino ratio, calmar, calmar ratio, treynor, treynor ratio, information ratio, info ratio,
    alpha, drawdown, mdd,
    log likelihood, log likelihoods, loglikelihood, loglikelihoods, log lik, loglik, log prob,
    log probs, logprob, logprobs, log probability, log probabilities, logp, log p, logpdf, elbo,
    sentiment, valence, nps, net score, net promoter, net win, si sdr, si snr, sisnr, sdr, snr,
    lift score, utility, omniscience, omniscience index, δg, ∆g, energy score, vina, docking score,
    binding affinity, z score, z scores, normalised score, normalized score, hns, comet, xcomet,
    cometkiwi, prism, bartscore, bart score, bleurt
"""
_ENDS = """
    tau, rho, \u03c1, \u03c4, lcc, me, ll, mll, c v, cv, compound, affinity, nmb, avg r,
    information coefficient, korrelation, corrélation, correlación, correlação, correlazione,
    корреляция, награда, смещение, verzerrung, belohnung, biais, sesgo, récompense, recompensa
"""
"""Words that say so at the end of a heading alone; τ-bench and LCC are benchmarks."""
_WITHOUT_BLANKS = """
    相关, 相关系数, 相关性, 偏差, 奖励, 回报, 收益, 收益率, 夏普, 夏普比率, 对数似然,
    相関, 相関係数, 報酬, シャープレシオ, 상관, 상관계수, 보상
"""
_TAIL = (
    r"(?: s)?(?: (?:tau|rho|r|\u03c1|\u03c4|[bc]|corr|correlation|coeff?|coeff?icients?|index)){0,3}"
    r"(?: ?(?:da|qe|22)){0,2}(?: (?:mean|avg|scores?|values?|all|test|dev|val))?"
)
"""`Kendall's tau b`, `COMET-22`, `reward mean`."""


def _one_of(words: str) -> str:
    """A pattern of some words, with commas between them."""
    found = {word for part in words.split(",") if (word := " ".join(part.split()))}
    return f"(?:{'|'.join(map(re.escape, sorted(found, key=len, reverse=True)))})"


_ANYWHERE = re.compile(rf"(?<!\w){_one_of(_NAMES)}(?!\w)")
_LAST = re.compile(
    rf"(?:.{{0,40}} )?{_one_of(_NAMES + ',' + _ENDS)}{_TAIL}|.{{0,20}}{_one_of(_WITHOUT_BLANKS)}"
)


def is_metric_below_zero(words: str) -> bool:
    """Whether a heading ends in the name of such a metric.

    Args:
        words: Its words in lower case, without signs, one blank between them.
    """
    return _LAST.fullmatch(words) is not None


def names_metric_below_zero(text: str) -> bool:
    """Whether the name of a metric or a benchmark has that of such a metric in it."""
    words = " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
    return _ANYWHERE.search(words) is not None or is_metric_below_zero(words)
