import cangke.foundation.sheets.models
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('files', '0001_initial'),
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=cangke.foundation.sheets.models.new_key, max_length=32, unique=True, verbose_name='编号')),
                ('kind', models.CharField(max_length=60, verbose_name='种类')),
                ('encoding', models.CharField(blank=True, max_length=12, verbose_name='编码')),
                ('delimiter', models.CharField(blank=True, max_length=1, verbose_name='分隔符')),
                ('sheets', models.JSONField(blank=True, default=list, verbose_name='工作表')),
                ('sheet', models.CharField(blank=True, max_length=120, verbose_name='工作表名')),
                ('header_row', models.PositiveIntegerField(default=1, verbose_name='表头行')),
                ('columns', models.JSONField(blank=True, default=list, verbose_name='列')),
                ('mapping', models.JSONField(blank=True, default=dict, verbose_name='对应')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='选项')),
                ('state', models.CharField(choices=cangke.foundation.sheets.models.run_state_choices, default='uploaded', max_length=10, verbose_name='状态')),
                ('row_count', models.PositiveIntegerField(default=0, verbose_name='行数')),
                ('checkpoint', models.PositiveIntegerField(default=0, verbose_name='已处理到行')),
                ('lines_in', models.PositiveIntegerField(default=0, verbose_name='读入')),
                ('taken', models.PositiveIntegerField(default=0, verbose_name='导入')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='已存在')),
                ('refused', models.PositiveIntegerField(default=0, verbose_name='未导入')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('created_at', models.DateTimeField(verbose_name='上传时间')),
                ('committed_at', models.DateTimeField(blank=True, null=True, verbose_name='开始导入时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('job', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('result', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('table', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'verbose_name': '导入',
                'verbose_name_plural': '导入',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['started_by', '-id'], name='import_mine')],
                'constraints': [models.CheckConstraint(condition=models.Q(('lines_in', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taken'), '+', models.F('unchanged')), '+', models.F('refused')))), name='import_loses_no_line')],
            },
        ),
        migrations.CreateModel(
            name='ImportChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phase', models.CharField(choices=cangke.foundation.sheets.models.phase_choices, max_length=6, verbose_name='阶段')),
                ('last_line', models.PositiveIntegerField(verbose_name='到行')),
                ('lines', models.JSONField(verbose_name='行号')),
                ('marks', models.TextField(verbose_name='结果')),
                ('notes', models.JSONField(default=dict, verbose_name='说明')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='sheets.importrun')),
            ],
            options={
                'verbose_name': '导入分段',
                'verbose_name_plural': '导入分段',
                'ordering': ['last_line'],
                'constraints': [models.UniqueConstraint(fields=('run', 'phase', 'last_line'), name='import_one_chunk')],
            },
        ),
        migrations.CreateModel(
            name='ImportTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='种类')),
                ('name', models.CharField(max_length=80, verbose_name='名称')),
                ('mapping', models.JSONField(verbose_name='对应')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='选项')),
                ('saved_at', models.DateTimeField(verbose_name='保存时间')),
                ('saved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '导入模板',
                'verbose_name_plural': '导入模板',
                'ordering': ['kind', 'name'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'name'), name='import_one_template')],
            },
        ),
    ]
