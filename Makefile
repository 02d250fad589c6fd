# Everything runs in .venv, made on first use. PYTHON says with which Python: make test PYTHON=python3.12 VENV=.venv312
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# setuptools warns of every editable installation, however quiet pip is told to be.
INSTALL = PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet
TOP    := features predict train experiments
# Spark is half of all that there is to install, and useless without Java: only who has Java tests it.
JAVA   := $(shell command -v java)
comma  := ,
# Tests side by side; `python -m pytest` runs them one after another.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-fast lint typecheck model bench wheel clean

demo: $(VENV)/.installed
	for page in app/demo/*.txt; do $(BIN)/locbao show $$page || exit; done
	$(BIN)/locbao predict app/demo -o out/demo.jsonl

test: $(VENV)/.installed-dev
	$(PYTEST)

test-fast: $(VENV)/.installed-dev
	$(PYTEST) -q -m "not slow"

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .

# mypy sees what is installed: links of the five folders under one name. Without them, whatever comes from another
# folder is Any and nothing is checked across folders.
typecheck: $(VENV)/.installed-dev
	rm -rf .typecheck && mkdir -p .typecheck/locbao
	for file in app/*; do ln -s "../../$$file" ".typecheck/locbao/$${file##*/}"; done
	for folder in $(TOP); do ln -s "../../$$folder" ".typecheck/locbao/$$folder"; done
	$(BIN)/mypy .typecheck/locbao tests

DATA := ../shared/data
CORPUS := $(DATA)/gold_pages.jsonl $(DATA)/section_pages.jsonl.gz
MATERIAL := $(foreach file,$(DATA)/pages.jsonl.gz $(DATA)/articles.jsonl.gz $(DATA)/headlines.jsonl.gz train/data/examples,--material $(file))
ARTICLES := out/topics/topics.jsonl out/topics/sentences.jsonl

# The shipped model, and its scores on sites left out, which its card holds.
model: $(VENV)/.installed
	$(BIN)/locbao train lines $(CORPUS) $(MATERIAL) --config experiments/shipped.toml --name locbao-vi -o predict/shipped --predictions out/predictions.jsonl --no-track
	$(BIN)/python -m locbao.train.corpus.articles_from_material $(DATA) -o out/topics
	$(BIN)/locbao train topics $(ARTICLES) -o predict/shipped --no-track

# Every table in experiments/results; about two hours on two cores. `make model` first: it writes the predictions and the
# corpus of articles.
bench: $(VENV)/.installed-dev
	$(BIN)/python -m locbao.experiments.studies.robustness $(CORPUS) $(MATERIAL) --config experiments/shipped.toml
	$(BIN)/python -m locbao.experiments.studies.plain_text_peers --pages $(DATA)/gold_pages.jsonl --ours out/predictions.jsonl
	$(BIN)/python -m locbao.experiments.studies.site_gain $(CORPUS) --predictions out/predictions.jsonl --newspapers $(DATA)/pages.jsonl.gz --config experiments/shipped.toml
	$(BIN)/python -m locbao.experiments.studies.speed --pages $(DATA)/gold_pages.jsonl
	$(BIN)/locbao experiments run ablation $(CORPUS) $(MATERIAL)
	$(BIN)/locbao experiments run sites $(CORPUS) $(MATERIAL)
	$(BIN)/locbao experiments run topic_ablation $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topic_eras $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topic_peers $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topic_speed $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topic_pages $(MATERIAL)
	$(BIN)/python -m locbao.experiments.studies.html_peers $(CORPUS) $(MATERIAL) --config experiments/shipped.toml
	$(BIN)/python -m locbao.experiments.studies.batch_runs --work out/batch
	$(if $(JAVA),$(BIN)/python -m locbao.experiments.studies.spark_runs)

wheel: $(VENV)/.installed-dev
	rm -rf build dist
	$(BIN)/python -m build --quiet

clean:
	rm -rf $(VENV) build dist out *.egg-info .typecheck .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip first: the one that comes with Python 3.11 fails on some of the libraries.
$(VENV)/.pip:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.installed: $(VENV)/.pip pyproject.toml
	$(INSTALL) -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.pip pyproject.toml
	$(INSTALL) -e '.[dev,bench,words$(if $(JAVA),$(comma)spark)]'
	touch $@ $(VENV)/.installed
